/** The orders, for every part of the screen. */
import { createContext, useContext } from 'solid-js'
import type { Orders } from './orders'

export const OrdersContext = createContext<Orders>()

export function useOrders(): Orders {
  const orders = useContext(OrdersContext)
  if (!orders) throw new Error('outside of the administration')
  return orders
}
